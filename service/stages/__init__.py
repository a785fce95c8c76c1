"""The stages, one file each: pure functions of the domain, without I/O, clock or chance."""
