// Prints the layout of every struct of a Go program's DWARF, nested fields with dots:
//
//	struct-name<TAB>field<TAB>offset        (an empty field: the size of the struct)
//
// Run by tools/gen_offsets with the newest toolchain, which reads every DWARF version.
package main

import (
	"bufio"
	"debug/dwarf"
	"debug/elf"
	"fmt"
	"log"
	"os"
)

const maxNesting = 2

func print(out *bufio.Writer, name, prefix string, base int64, s *dwarf.StructType, nesting int) {
	for _, f := range s.Field {
		fmt.Fprintf(out, "%s\t%s\t%d\n", name, prefix+f.Name, base+f.ByteOffset)
		t := f.Type
		if named, ok := t.(*dwarf.TypedefType); ok {
			t = named.Type
		}
		if inner, ok := t.(*dwarf.StructType); ok && nesting > 0 {
			print(out, name, prefix+f.Name+".", base+f.ByteOffset, inner, nesting-1)
		}
	}
}

func main() {
	file, err := elf.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	data, err := file.DWARF()
	if err != nil {
		log.Fatal(err)
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	reader := data.Reader()
	for {
		entry, err := reader.Next()
		if err != nil {
			log.Fatal(err)
		}
		if entry == nil {
			return
		}
		if entry.Tag != dwarf.TagStructType {
			continue
		}
		t, err := data.Type(entry.Offset)
		if err != nil {
			log.Fatal(err)
		}
		if s, ok := t.(*dwarf.StructType); ok {
			fmt.Fprintf(out, "%s\t\t%d\n", s.StructName, s.ByteSize)
			print(out, s.StructName, "", 0, s, maxNesting)
		}
	}
}
