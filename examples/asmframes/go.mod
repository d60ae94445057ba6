module asmframes

go 1.15
