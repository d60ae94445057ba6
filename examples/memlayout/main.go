// Command memlayout has one thing of every place: a function in .text, a global in
// .noptrbss, one in .data, one in .rodata, a variable on the goroutine's stack and an
// object on the heap. It prints their addresses, one line each:
//
//	place stack 0xc000046f60
package main

import "unsafe"

type node struct {
	next  *node
	value int
}

var (
	counter int                 // no pointers, zero: .noptrbss
	primes  = [3]int{2, 3, 5}   // no pointers, with a value: .noptrdata
	list    = &node{nil, 1}     // a pointer with a value: .data
	last    *node               // a pointer, zero: .bss
	text    = "a constant text" // its bytes: .rodata
)

//go:noinline
func markerPlaces(heap *node) { last = heap }

//go:noinline
func place(name string, at unsafe.Pointer) { print("place ", name, " ", at, "\n") }

//go:noinline
func function(n int) int { return n + counter }

//go:noinline
func show() int {
	local := 7
	heap := &node{list, local}
	code := function
	place("function", **(**unsafe.Pointer)(unsafe.Pointer(&code)))
	place("noptrbss", unsafe.Pointer(&counter))
	place("noptrdata", unsafe.Pointer(&primes))
	place("data", unsafe.Pointer(&list))
	place("bss", unsafe.Pointer(&last))
	place("rodata", *(*unsafe.Pointer)(unsafe.Pointer(&text)))
	place("stack", unsafe.Pointer(&local))
	place("heap", unsafe.Pointer(heap))
	markerPlaces(heap)
	return code(local)
}

func main() {
	counter = show()
}
