package main

import "reflect"

type animal interface{ speak(loud bool) int }

type dog struct{ name string }

//go:noinline
func (d dog) speak(loud bool) int {
	pause()
	return len(d.name)
}

type puppy struct {
	*dog
	age int
}

// wrappers: a value method called through a pointer or an embedding goes through a
// function that the compiler made. The runtime leaves it out of a traceback.
func wrappers() {
	pet := puppy{&dog{"rex"}, 1}
	println(speaks(pet) + speaks(pet.dog))
}

//go:noinline
func speaks(a animal) int { return a.speak(true) }

// inline: three functions in one frame. Only the outermost is a real call.
func inlines() { println(outer(3)) }

//go:noinline
func outer(n int) int { return middle(n) + 1 }

func middle(n int) int { return inner(n) * 2 }

func inner(n int) int {
	pause()
	return n + 1
}

// makefunc, methodvalue: functions that reflect made are entered through assembly stubs
// whose arguments no table describes.
func makesFunc() {
	add := func(args []reflect.Value) []reflect.Value {
		pause()
		return []reflect.Value{reflect.ValueOf(int(args[0].Int() + args[1].Int()))}
	}
	made := reflect.MakeFunc(reflect.TypeOf(func(a, b int) int { return 0 }), add)
	viaMakeFunc(made.Interface().(func(int, int) int))
}

func takesMethodValue() {
	method := reflect.ValueOf(dog{"max"}).MethodByName("Bark")
	viaMethodValue(method.Interface().(func(int) int))
}

// reflectcall: reflect.Value.Call goes through a runtime.callN that copies a frame.
func reflectCalls() { viaCall(reflect.ValueOf(dog{"max"})) }

//go:noinline
func viaMakeFunc(f func(int, int) int) { println(f(1, 2)) }

//go:noinline
func viaMethodValue(f func(int) int) { println(f(3)) }

//go:noinline
func viaCall(v reflect.Value) {
	println(v.Method(0).Call([]reflect.Value{reflect.ValueOf(4)})[0].Int())
}

// Bark is exported so that reflection finds it.
//
//go:noinline
func (d dog) Bark(times int) int {
	pause()
	return times * len(d.name)
}
