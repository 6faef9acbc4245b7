"""What bench/run and bench/mnist share: processes that take turns, what is compared with what, tables."""
