module memlayout

go 1.15
