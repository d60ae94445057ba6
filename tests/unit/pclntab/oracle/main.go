// A program that tells what its own runtime reads from its pc-line table: the oracle of tests/unit/pclntab.
//
//	oracle lines STEP    asks about every STEPth byte of the text
//	oracle stacks        walks a few stacks
//
// prints
//
//	slide HEX                       load address minus link-time address
//	F ID NAME / S ID FILE           tables of names
//	i PC ENTRY FUNC FILE LINE       from PC on (to the next record) the innermost call is this one; ids, hex, decimal
//	n PC                            from PC on there is no Go function
//	c PC ENTRY LINE FUNC            one return address of runtime.Callers: logical frames, innermost first; "c" alone starts a chain
//	t TEXT                          a line of runtime.Stack
//
// All addresses are link-time addresses.
package main

import (
	"bufio"
	"debug/elf"
	"fmt"
	"io/ioutil"
	"os"
	"reflect"
	"runtime"
	"strconv"
	"strings"
)

var (
	out   = bufio.NewWriterSize(os.Stdout, 1<<16)
	slide uintptr
	ids   = map[string]int{}
)

func id(kind, text string) int {
	key := kind + text
	n, known := ids[key]
	if !known {
		n = len(ids)
		ids[key] = n
		fmt.Fprintln(out, kind, n, text)
	}
	return n
}

func fatal(what string, err error) {
	fmt.Fprintln(os.Stderr, what, err)
	os.Exit(1)
}

// The first mapping of the executable starts where its first segment does.
func loadAddress() uintptr {
	maps, err := ioutil.ReadFile("/proc/self/maps")
	if err != nil {
		fatal("maps", err)
	}
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		fatal("exe", err)
	}
	for _, line := range strings.Split(string(maps), "\n") {
		if strings.HasSuffix(line, self) {
			at, err := strconv.ParseUint(line[:strings.Index(line, "-")], 16, 64)
			if err != nil {
				fatal("maps", err)
			}
			return uintptr(at)
		}
	}
	fatal("maps", fmt.Errorf("no mapping of %s", self))
	return 0
}

func text() (lo, hi uintptr) {
	file, err := elf.Open("/proc/self/exe")
	if err != nil {
		fatal("elf", err)
	}
	defer file.Close()
	for _, p := range file.Progs {
		if p.Type == elf.PT_LOAD {
			slide = loadAddress() - uintptr(p.Vaddr&^0xfff)
			break
		}
	}
	s := file.Section(".text")
	return uintptr(s.Addr) + slide, uintptr(s.Addr+s.Size) + slide
}

func dumpLines(lo, hi, step uintptr) {
	type place struct {
		entry    uintptr
		function string
		file     string
		line     int
	}
	var last place
	for pc := lo; pc < hi; pc += step {
		f := runtime.FuncForPC(pc)
		next := runtime.FuncForPC(pc + 1)
		if f == nil {
			if last != (place{}) {
				fmt.Fprintf(out, "n %x\n", pc-slide)
				last = place{}
			}
			continue
		}
		// CallersFrames takes return addresses: it looks at the byte before, if that is the same function's.
		if next == nil || next.Entry() != f.Entry() {
			continue
		}
		frame, _ := runtime.CallersFrames([]uintptr{pc + 1}).Next()
		now := place{frame.Entry, frame.Function, frame.File, frame.Line}
		if now != last {
			function, file := id("F", now.function), id("S", now.file)
			fmt.Fprintf(out, "i %x %x %d %d %d\n", pc-slide, now.entry-slide, function, file, now.line)
			last = now
		}
	}
	fmt.Fprintf(out, "n %x\n", hi-slide)
}

func dumpChain() {
	pcs := make([]uintptr, 64)
	pcs = pcs[:runtime.Callers(1, pcs)]
	fmt.Fprintln(out, "c")
	for _, pc := range pcs {
		frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
		fmt.Fprintf(out, "c %x %x %d %s\n", pc-slide, frame.Entry-slide, frame.Line, frame.Function)
	}
	stack := make([]byte, 1<<16)
	stack = stack[:runtime.Stack(stack, false)]
	for _, line := range strings.Split(strings.TrimRight(string(stack), "\n"), "\n") {
		fmt.Fprintln(out, "t", line)
	}
	fmt.Fprintln(out, "t")
}

// Calls with arguments of many shapes, some inlined, down to dumpChain.

type pair struct{ a, b int32 }
type nested struct {
	p    pair
	text string
	list [2]uint8
	any  interface{}
	deep struct{ a, b struct{ x, y struct{ u, v struct{ w, z int8 } } } }
}
type shower interface{ show(depth int, names ...string) int }

//go:noinline
func leaf(a int, s string) int {
	dumpChain()
	return a
}

func inlined(a int) int { return leaf(a+1, "inlined") + 1 }
func twice(a int) int   { return inlined(a) + 1 }

//go:noinline
func many(a int8, b []byte, c float64, d interface{}, e pair, f func() int, g map[string]int, h complex128, i [1]int, j *int) int {
	return twice(int(a)) + len(b) + int(c)
}

//go:noinline
func big(n nested, last [300]byte, after int) int { return many(1, n.list[:], 2, n.any, n.p, nil, nil, 1i, [1]int{3}, &after) }

//go:noinline
func stale(p *int, n int) int {
	*p = n
	sum := big(nested{text: "x"}, [300]byte{}, n)
	return sum
}

//go:noinline
func empty(e struct{}, z [0]int, n int) int { return stale(&n, n) }

func (p *pair) show(depth int, names ...string) int {
	if depth > 0 {
		return p.show(depth-1, names...)
	}
	return empty(struct{}{}, [0]int{}, len(names))
}

func (p nested) show(depth int, names ...string) int { return p.p.show(depth, names...) }

func deferred(s shower) {
	defer func() {
		recover()
		s.show(1)
	}()
	panic("deferred")
}

func main() {
	lo, hi := text()
	fmt.Fprintf(out, "slide %x\n", slide)
	if os.Args[1] == "lines" {
		step, err := strconv.Atoi(os.Args[2])
		if err != nil {
			fatal("step", err)
		}
		dumpLines(lo, hi, uintptr(step))
	} else {
		stacks()
	}
	out.Flush()
}

func stacks() {
	p := pair{1, 2}
	p.show(3, "a", "b")
	shower(nested{}).show(0)
	var n shower = &nested{}
	n.show(1, "wrapped")
	method := p.show
	method(0)
	func() { func() { twice(1) }() }()
	deferred(&p)
	generic()
	fn := reflect.ValueOf(leaf)
	fn.Call([]reflect.Value{reflect.ValueOf(7), reflect.ValueOf("reflect")})
	swap := reflect.MakeFunc(fn.Type(), func(args []reflect.Value) []reflect.Value { return fn.Call(args) })
	swap.Interface().(func(int, string) int)(1, "stub")
	callback()
}
