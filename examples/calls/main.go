// Command calls is main -> sumSquare -> sum, the smallest chain in which one slot
// has two names: what a caller writes at N(SP) its callee reads at N(FP), and
// counted from the two hardware stack pointers the offsets differ by the callee's
// frame and the return address:
//
//	offset(callee) = offset(caller) + frame(callee) + 8
package main

//go:noinline
func markerSum() {}

//go:noinline
func sum(a, b int) int {
	total := a + b
	markerSum()
	return total
}

//go:noinline
func sumSquare(a, b int) int {
	aa := a * a
	bb := b * b
	return sum(aa, bb)
}

func main() {
	println(sumSquare(1, 2))
}
