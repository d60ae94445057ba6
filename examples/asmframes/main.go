// Command asmframes runs assembly functions that know their own frame.
//
// For every call it prints one line,
//
//	oracle frame8 sp=0xc000046e90 psp=0xc000046e98 fp=0xc000046ea8
//
// with the addresses that the function computed with the assembler's operands.
package main

import "unsafe"

func frame0() (sp, psp, fp uintptr)
func frame8() (sp, psp, fp uintptr)
func frame16() (sp, psp, fp uintptr)
func frame0call() (sp, psp, fp uintptr)
func pushed() (sp, psp, fp uintptr)
func leaf()
func swap(a, b int) (ra, rb int)
func choose(cond bool, a, b int) int
func sumTo(n int) int
func outer(a, b int) int
func inner(a, b int) int
func callGo(x int32) (int32, int32)
func mixed(a bool, b int16) (c []byte)

// frameAddresses are what a function saw: hardware SP, pseudo SP, pseudo FP.
type frameAddresses struct{ sp, psp, fp uintptr }

// recorded has one entry per assembly function; frames_amd64.s fills it.
var recorded [12]frameAddresses

// Defined in frames_amd64.s.
var (
	answer   int
	greeting string
	compact  string
	pair     [2]byte
	yes      bool
	bytes    [4]byte
	slice    []byte
)

// goFunc is called from assembly, through its ABI0 entry.
//
//go:noinline
func goFunc(a1 int64, a2, a3 int32) (int32, int32) {
	markerGoFunc()
	return int32(a1) + a2, a2 * a3
}

//go:noinline
func markerGoFunc() {}

//go:noinline
func markerEnd() {}

// grow makes the stack large once, so that no later call has to move it and the
// printed addresses stay true.
//
//go:noinline
func grow(n int) byte {
	var room [1024]byte
	room[n] = byte(n)
	if n > 0 {
		return grow(n-1) + room[n]
	}
	return room[0]
}

func hex(v uintptr) string {
	digits := ""
	for ; v > 0; v /= 16 {
		digits = "0123456789abcdef"[v%16:][:1] + digits
	}
	return "0x" + digits
}

func oracle(name string, index int) {
	a := recorded[index]
	print("oracle ", name, " sp=", hex(a.sp), " psp=", hex(a.psp), " fp=", hex(a.fp), "\n")
}

func same(name string, index int, sp, psp, fp uintptr) {
	if recorded[index] != (frameAddresses{sp, psp, fp}) {
		panic(name + ": the returned addresses are not the recorded ones")
	}
	oracle(name, index)
}

func expect(name string, ok bool) {
	if !ok {
		panic(name + ": wrong result")
	}
}

func main() {
	grow(32)

	sp, psp, fp := frame0()
	same("frame0", 0, sp, psp, fp)
	sp, psp, fp = frame8()
	same("frame8", 1, sp, psp, fp)
	sp, psp, fp = frame16()
	same("frame16", 2, sp, psp, fp)
	sp, psp, fp = frame0call()
	same("frame0call", 3, sp, psp, fp)
	sp, psp, fp = pushed()
	same("pushed", 4, sp, psp, fp)

	ra, rb := swap(1, 2)
	expect("swap", ra == 2 && rb == 1)
	oracle("swap", 5)

	expect("choose", choose(true, 5, 6) == 5)
	oracle("choose", 6)
	expect("choose", choose(false, 5, 6) == 6)

	expect("sumTo", sumTo(100) == 5050)
	oracle("sumTo", 7)

	expect("outer", outer(20, 22) == 42)
	oracle("outer", 8)
	oracle("inner", 9)

	r0, r1 := callGo(7)
	expect("callGo", r0 == 14 && r1 == 49)
	oracle("callGo", 10)

	c := mixed(true, 3)
	expect("mixed", len(c) == 3 && cap(c) == 4 && string(c) == "abc")
	oracle("mixed", 11)

	expect("answer", answer == 42)
	expect("greeting", greeting == "hello, assembler")
	expect("compact", compact == "gopher!")
	expect("pair", pair == [2]byte{7, 9})
	expect("yes", yes)
	expect("slice", string(slice) == "abc")
	print("data answer ", unsafe.Pointer(&answer), "\n")
	print("data greeting ", unsafe.Pointer(&greeting), "\n")
	print("data pair ", unsafe.Pointer(&pair), "\n")
	print("data slice ", unsafe.Pointer(&slice), "\n")
	markerEnd()
}
