package main

func main() { println("node") }
