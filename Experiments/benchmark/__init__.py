"""Tandem's server beside a bare epoll server that writes the same bytes: the rows of `make bench`."""
