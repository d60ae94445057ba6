package main

// extern void goCallback(int);
// void callFromC(int n);
import "C"

//export goCallback
func goCallback(n C.int) { leaf(int(n), "callback") }

func callback() { C.callFromC(1) }
