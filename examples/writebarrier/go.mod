module writebarrier

go 1.15
