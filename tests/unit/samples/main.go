// The sample that the unit tests of core/elf and core/dwarf read. It prints what it knows about itself (the compiler's
// offsets, its own addresses, the runtime's frame addresses): the oracle the tests compare debug information with.
package main

import (
	"os"
	"runtime"
	"unsafe"

	"example.org/asm"
)

type Point struct{ X, Y int16 }

type Named interface{ Name() string }

type Inner struct {
	Flag  bool
	Deep  Point
	Bytes []byte
}

type Shape struct {
	Inner        // embedded
	Label string
	Pairs [3]Point
	Any   interface{}
	Namer Named
	Table map[string]int
	Chan  chan int
	Call  func(int) string
	Next  *Shape
	Z     complex128
	F     float32
	Raw   unsafe.Pointer
}

func (s *Shape) Name() string { return s.Label }

var (
	globalShape Shape
	globalCount int32 = 7
	sinkInt     int
	callC       func(int) int // set in the cgo build
	crash       bool
	addFunc     = asm.Add // a function value: it points at the ABI wrapper
)

//go:noinline
func address(p unsafe.Pointer) uintptr { return uintptr(p) }

// Its variables have their addresses taken, so they live in the frame in every build.
//
//go:noinline
func frames(first int64, text string, pair Point) (result int64) {
	local := first * 3
	array := [4]int32{1, 2, 3, int32(first)}
	{
		scoped := local + 1
		show("frames.scoped", uintptr(unsafe.Pointer(&scoped)))
		show("frames.local", uintptr(unsafe.Pointer(&local)))
		show("frames.array", uintptr(unsafe.Pointer(&array)))
		if crash {
			panic("the runtime's traceback, with the address of every frame")
		}
		result = scoped + int64(array[first&3]) + int64(len(text)) + int64(pair.X)
	}
	local += result
	return local
}

func inlined(value int) int {
	twice := value * 2
	return twice ^ sinkInt
}

//go:noinline
func registers(a int, s string, f float64, b []byte) int {
	t := inlined(a) + len(s)
	sinkInt = t
	return t + int(f) + cap(b)
}

//go:noinline
func produce() (string, []int32) { return globalShape.Label, make([]int32, 1, 2) }

// Only the length of text and the capacity of list are of use, so the compiler forgets their other words.
//
//go:noinline
func partly() int {
	text, list := produce()
	sinkInt = len(text)
	produce()
	sinkInt += cap(list)
	produce()
	return len(text) + cap(list)
}

//go:noinline
func escapes(n int) *int {
	moved := n
	sinkInt = *(&moved)
	return &moved
}

//go:noinline
func show(name string, value uintptr) { println(name, value) }

func offsets() {
	var s Shape
	show("offset main.Shape Inner", unsafe.Offsetof(s.Inner))
	show("offset main.Shape Inner.Flag", unsafe.Offsetof(s.Flag))
	show("offset main.Shape Inner.Deep.Y", unsafe.Offsetof(s.Deep)+unsafe.Offsetof(s.Deep.Y))
	show("offset main.Shape Label", unsafe.Offsetof(s.Label))
	show("offset main.Shape Pairs", unsafe.Offsetof(s.Pairs))
	show("offset main.Shape Any", unsafe.Offsetof(s.Any))
	show("offset main.Shape Namer", unsafe.Offsetof(s.Namer))
	show("offset main.Shape Table", unsafe.Offsetof(s.Table))
	show("offset main.Shape Chan", unsafe.Offsetof(s.Chan))
	show("offset main.Shape Call", unsafe.Offsetof(s.Call))
	show("offset main.Shape Next", unsafe.Offsetof(s.Next))
	show("offset main.Shape Z", unsafe.Offsetof(s.Z))
	show("offset main.Shape F", unsafe.Offsetof(s.F))
	show("offset main.Shape Raw", unsafe.Offsetof(s.Raw))
	show("size main.Shape", unsafe.Sizeof(s))
	show("size main.Inner", unsafe.Sizeof(s.Inner))
	show("align main.Shape", unsafe.Alignof(s))
	show("align main.Point", unsafe.Alignof(s.Deep))
	show("global main.globalShape", uintptr(unsafe.Pointer(&globalShape)))
	show("global main.globalCount", uintptr(unsafe.Pointer(&globalCount)))
}

func main() {
	println("version", runtime.Version())
	offsets()
	globalShape.Label = "x"
	var named Named = &globalShape
	sinkInt += len(named.Name())
	sinkInt += registers(3, "ab", 1.5, make([]byte, 4))
	sinkInt += partly() + *escapes(5) + int(addFunc(2, 3))
	sinkInt += int(address(unsafe.Pointer(&globalCount)) & 1)
	if callC != nil {
		show("cgo", uintptr(callC(20)))
	}
	crash = os.Getenv("SAMPLE_CRASH") != ""
	sinkInt += int(frames(11, "hello", Point{1, 2}))
}
