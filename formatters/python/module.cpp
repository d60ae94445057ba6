// The extension module that LLDB's Python imports for children of Go values. It carries calls between the shim
// (lldb_go_formatters.py) and the plugin, and knows nothing itself. Built for the stable ABI: one file for every
// Python.
#define Py_LIMITED_API 0x03090000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "formatters/children_api.h"

namespace {

const LldbGoChildrenApi* api = nullptr;
constexpr const char* kCapsule = "lldb-go children";

void close_children(PyObject* capsule) {
  if (void* children = PyCapsule_GetPointer(capsule, kCapsule)) api->close(children);
}

PyObject* bind(PyObject*, PyObject* argument) {
  api = static_cast<const LldbGoChildrenApi*>(PyLong_AsVoidPtr(argument));
  if (PyErr_Occurred() != nullptr) return nullptr;
  Py_RETURN_NONE;
}

PyObject* open(PyObject*, PyObject* argument) {
  void* value = PyLong_AsVoidPtr(argument);
  if (value == nullptr || api == nullptr) {
    if (PyErr_Occurred() != nullptr) return nullptr;
    Py_RETURN_NONE;
  }
  void* children = api->open(value);
  if (children == nullptr) Py_RETURN_NONE;
  return PyCapsule_New(children, kCapsule, close_children);
}

PyObject* count(PyObject*, PyObject* capsule) {
  void* children = PyCapsule_GetPointer(capsule, kCapsule);
  return children == nullptr ? nullptr : PyLong_FromUnsignedLong(api->count(children));
}

PyObject* child(PyObject*, PyObject* arguments) {
  PyObject *capsule = nullptr, *into = nullptr;
  unsigned long index = 0;
  if (PyArg_ParseTuple(arguments, "OkO", &capsule, &index, &into) == 0) return nullptr;
  void* children = PyCapsule_GetPointer(capsule, kCapsule);
  void* value = PyLong_AsVoidPtr(into);
  if (children == nullptr || value == nullptr) return nullptr;
  return PyBool_FromLong(api->child(children, index, value));
}

PyObject* ahead(PyObject*, PyObject* arguments) {
  PyObject *capsule = nullptr, *value = nullptr;
  unsigned long from = 0, end = 0;
  if (PyArg_ParseTuple(arguments, "OOkk", &capsule, &value, &from, &end) == 0) return nullptr;
  void* children = PyCapsule_GetPointer(capsule, kCapsule);
  void* whole = PyLong_AsVoidPtr(value);
  if (children == nullptr || whole == nullptr) return nullptr;
  api->ahead(children, whole, from, end);
  Py_RETURN_NONE;
}

PyObject* index_of(PyObject*, PyObject* arguments) {
  PyObject* capsule = nullptr;
  const char* name = nullptr;
  if (PyArg_ParseTuple(arguments, "Os", &capsule, &name) == 0) return nullptr;
  void* children = PyCapsule_GetPointer(capsule, kCapsule);
  return children == nullptr ? nullptr : PyLong_FromLong(api->index_of(children, name));
}

PyMethodDef methods[] = {
    {"bind", bind, METH_O, "bind(address of the plugin's table)"},
    {"open", open, METH_O, "open(address of an SBValue): its children, or None"},
    {"count", count, METH_O, "count(children)"},
    {"child", child, METH_VARARGS, "child(children, index, address of an SBValue to fill): did that work"},
    {"ahead", ahead, METH_VARARGS, "ahead(children, address of their SBValue, from, end): LLDB makes and keeps them"},
    {"index_of", index_of, METH_VARARGS, "index_of(children, name), -1 for none"},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef definition{PyModuleDef_HEAD_INIT, "_lldb_go", nullptr, -1, methods, nullptr, nullptr, nullptr, nullptr};

}  // namespace

PyMODINIT_FUNC PyInit__lldb_go() {
  return PyModule_Create(&definition);
}
