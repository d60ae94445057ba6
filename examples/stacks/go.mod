module stacks

go 1.15
