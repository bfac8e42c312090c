/**
 * Records as bytes: what is kept of a compiled program, so that it can be run without the front end and without a
 * compiler.
 *
 * <p>In comes any tree of records, lists, maps, numbers and texts; out go bytes, and from them equal records. Values of graphs become
 * stand-ins that know their type, and of a matrix product what it multiplies: what a program does has been decided by then. Each record
 * is written together with its components' names and types, so bytes of a version with other records are refused and never misread.
 *
 * <p>A backend in a named module opens the packages of its records to this module.
 *
 * <p>Not here: what is written (each backend's {@code Executable}), where bytes are kept, and whether they may be trusted
 * ({@link dev.weft.backend.spi.CodeStore}).
 */
package dev.weft.backend.spi.executable;
