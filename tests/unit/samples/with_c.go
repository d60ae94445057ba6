// +build cgo

package main

/*
struct pair { int left; char right; };
__attribute__((noinline)) static int sample_double(int x) { struct pair p = {x, 1}; return p.left * 2 + p.right - 1; }
*/
import "C"

func init() { callC = func(n int) int { return int(C.sample_double(C.int(n))) } }
