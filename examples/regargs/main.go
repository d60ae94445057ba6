// Command regargs passes arguments and results in every way Go has.
//
// From Go 1.17 on, up to nine integers travel in AX BX CX DI SI R8 R9 R10 R11 and
// fifteen floats in X0..X14. A value that does not fit in what is left of them
// goes to the stack as a whole: a struct of nine int64 is in registers, one of ten
// is not. Up to 1.16 everything is on the stack.
//
// A function prints the addresses of variables it holds in memory, one line each,
//
//	addr main.nineIn s 0xc000046f08
//
// and then calls a marker: the place where a debugger looks at the same frame.
package main

import "unsafe"

type nine struct{ a, b, c, d, e, f, g, h, i int64 }

type ten struct{ a, b, c, d, e, f, g, h, i, j int64 }

type small struct {
	flag bool
	n    int16
	p    *int
}

type counter struct{ total, calls int }

var sink int64

//go:noinline
func markerNineIn() {}

//go:noinline
func markerTenIn() {}

//go:noinline
func markerNineOut() {}

//go:noinline
func markerTenOut() {}

//go:noinline
func markerFloats() {}

//go:noinline
func markerMixed() {}

//go:noinline
func markerVariadic() {}

//go:noinline
func markerMethod() {}

//go:noinline
func markerClosure() {}

//go:noinline
func markerLocals() {}

// addr prints where a variable lies. The address does not escape, so the variable
// stays where the compiler put it.
//
//go:noinline
func addr(function, variable string, at unsafe.Pointer) {
	print("addr main.", function, " ", variable, " ", at, "\n")
}

//go:noinline
func nineIn(s nine) int64 {
	addr("nineIn", "s", unsafe.Pointer(&s))
	markerNineIn()
	return s.a + s.i
}

//go:noinline
func tenIn(s ten) int64 {
	addr("tenIn", "s", unsafe.Pointer(&s))
	markerTenIn()
	return s.a + s.j
}

//go:noinline
func nineOut(n int64) (s nine) {
	s = nine{n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7, n + 8}
	addr("nineOut", "s", unsafe.Pointer(&s))
	markerNineOut()
	return s
}

//go:noinline
func tenOut(n int64) (s ten) {
	s = ten{n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7, n + 8, n + 9}
	addr("tenOut", "s", unsafe.Pointer(&s))
	markerTenOut()
	return s
}

//go:noinline
func floats(x float64, y float32, z complex128) float64 {
	addr("floats", "x", unsafe.Pointer(&x))
	addr("floats", "y", unsafe.Pointer(&y))
	addr("floats", "z", unsafe.Pointer(&z))
	markerFloats()
	return x + float64(y) + real(z)
}

// mixed takes a string, a slice, an interface, a small struct and an array of two,
// which never travels in registers.
//
//go:noinline
func mixed(flag bool, s string, b []byte, v interface{}, t small, pair [2]int32) int {
	addr("mixed", "flag", unsafe.Pointer(&flag))
	addr("mixed", "s", unsafe.Pointer(&s))
	addr("mixed", "b", unsafe.Pointer(&b))
	addr("mixed", "v", unsafe.Pointer(&v))
	addr("mixed", "t", unsafe.Pointer(&t))
	addr("mixed", "pair", unsafe.Pointer(&pair))
	markerMixed()
	return len(s) + len(b) + int(t.n) + int(pair[1])
}

//go:noinline
func variadic(first int, rest ...int) int {
	addr("variadic", "first", unsafe.Pointer(&first))
	addr("variadic", "rest", unsafe.Pointer(&rest))
	markerVariadic()
	for _, n := range rest {
		first += n
	}
	return first
}

//go:noinline
func (c *counter) add(n int) int {
	addr("(*counter).add", "c", unsafe.Pointer(&c))
	addr("(*counter).add", "n", unsafe.Pointer(&n))
	markerMethod()
	c.total += n
	c.calls++
	return c.total
}

//go:noinline
func makeAdder(base int) func(int) int {
	return func(n int) int {
		addr("makeAdder.func1", "n", unsafe.Pointer(&n))
		markerClosure()
		base += n
		return base
	}
}

//go:noinline
func locals(n int) int {
	var word int64 = int64(n)
	table := [3]int{n, 2 * n, 3 * n}
	text := "local"
	point := struct{ x, y int }{n, -n}
	addr("locals", "word", unsafe.Pointer(&word))
	addr("locals", "table", unsafe.Pointer(&table))
	addr("locals", "text", unsafe.Pointer(&text))
	addr("locals", "point", unsafe.Pointer(&point))
	markerLocals()
	return int(word) + table[2] + len(text) + point.y
}

//go:noinline
func square(n int) int {
	return n * n
}

// used takes no address: every argument lives in its register, then in its spill slot
// for as long as something still needs it, and then nowhere.
//
//go:noinline
func used(a int, s string, f float64, b []byte, p *int) int {
	total := square(a) + square(len(s))
	total += square(int(f)) + square(*p)
	for _, c := range b {
		total += square(int(c))
	}
	return total + len(s)
}

//go:noinline
func grow(n int) byte {
	var room [1024]byte
	room[n] = byte(n)
	if n > 0 {
		return grow(n-1) + room[n]
	}
	return room[0]
}

func main() {
	grow(32) // so that no stack moves between the printing and the marker
	n := 5
	sink += nineIn(nine{1, 2, 3, 4, 5, 6, 7, 8, 9})
	sink += tenIn(ten{1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
	sink += nineOut(100).i
	sink += tenOut(200).j
	sink += int64(floats(2.5, 1.25, complex(3, 4)))
	sink += int64(mixed(true, "hello", []byte("abcd"), 7, small{true, 3, &n}, [2]int32{10, 20}))
	sink += int64(variadic(1, 2, 3, 4))
	var c counter
	sink += int64(c.add(11))
	adder := makeAdder(1000)
	sink += int64(adder(5))
	sink += int64(locals(3))
	sink += int64(used(6, "seven", 8.5, []byte("ab"), &n))
}
