package main

func main() { println("external-secrets") }
