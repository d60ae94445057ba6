// writebarrier stops while the garbage collector marks, right behind pointer stores that it has printed before.
//
// The collector is kept busy by a list that only one worker at a time can follow. Every line `record NEW OLD` is one
// pointer store: what it stores, and what it overwrites. The last of them are what a P's write barrier buffer holds.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"unsafe"
)

type node struct {
	next  *node
	value [2]int
}

// With pointers and above 512 bytes: from Go 1.22 on the runtime keeps its type.
type large struct {
	name  string
	first *node
	rest  [80]int
}

type box struct {
	warm  *node
	first *node
	text  *byte
	big   *large
	none  *node
}

const warmUp = 600 // a buffer holds 512 words

var (
	list   *node
	global node
	kept   *box
	big    *large
	warm   [2]*node
	fresh  [3]*node
	text   *byte
	olds   *box
)

//go:noinline
func marking() bool

func record(name string, stored, overwritten unsafe.Pointer) {
	fmt.Printf("record %s %p %p\n", name, stored, overwritten)
}

func object(name string, at unsafe.Pointer, size uintptr, typ string) {
	fmt.Printf("object %s %p %d %s\n", name, at, size, typ)
}

//go:noinline
func storeWarm(b *box, n *node) { b.warm = n }

//go:noinline
func storeAll(b *box, first *node, t *byte, l *large) {
	b.first = first
	b.text = t
	b.big = l
	b.none = nil
}

//go:noinline
func marker() {}

//go:noinline
func attempt() bool {
	for !marking() {
		runtime.Gosched()
	}
	procPin() // nobody else's stores come between, and the buffer stays this P's
	defer procUnpin()
	for i := 0; i < warmUp; i++ {
		storeWarm(kept, warm[i&1])
	}
	storeAll(kept, fresh[0], text, big)
	storeWarm(kept, &global)
	if !marking() {
		return false
	}
	marker()
	return true
}

func prepare() {
	kept = &box{}
	*kept = *olds
	kept.warm = warm[1]
}

func main() {
	if len(os.Args) > 1 {
		n, err := strconv.Atoi(os.Args[1])
		if err != nil {
			panic(err)
		}
		runtime.GOMAXPROCS(n)
	}
	debug.SetGCPercent(-1)
	for i := 0; i < 1000000; i++ {
		list = &node{next: list}
	}
	warm = [2]*node{{value: [2]int{1}}, {value: [2]int{2}}}
	fresh = [3]*node{{value: [2]int{3}}, {value: [2]int{4}}, {value: [2]int{5}}}
	text = &[]byte("sixteen bytes...")[4]
	big = &large{name: "big", first: fresh[2]}
	olds = &box{first: fresh[1], text: &[]byte("overwritten text")[0], big: &large{name: "old"}, none: fresh[2]}
	prepare()

	object("kept", unsafe.Pointer(kept), unsafe.Sizeof(*kept), "main.box")
	object("warm0", unsafe.Pointer(warm[0]), unsafe.Sizeof(node{}), "main.node")
	object("big", unsafe.Pointer(big), unsafe.Sizeof(*big), "main.large")
	for i := 0; i < warmUp; i++ {
		record("warm", unsafe.Pointer(warm[i&1]), unsafe.Pointer(warm[(i+1)&1]))
	}
	record("first", unsafe.Pointer(fresh[0]), unsafe.Pointer(olds.first))
	record("text", unsafe.Pointer(text), unsafe.Pointer(olds.text))
	record("big", unsafe.Pointer(big), unsafe.Pointer(olds.big))
	record("none", nil, unsafe.Pointer(olds.none))
	record("global", unsafe.Pointer(&global), unsafe.Pointer(warm[1]))
	os.Stdout.Sync()

	for {
		done := make(chan bool)
		go func() {
			runtime.GC()
			close(done)
		}()
		reached := attempt()
		<-done
		if reached {
			break
		}
		prepare()
	}
}

//go:linkname procPin runtime.procPin
func procPin() int

//go:linkname procUnpin runtime.procUnpin
func procUnpin()
