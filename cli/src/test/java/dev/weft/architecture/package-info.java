/**
 * What may depend on what, held by the machine.
 *
 * <p>These tests stand in {@code cli} because it is the one module whose class path has all the others on it. They
 * read compiled classes with ArchUnit ({@link dev.weft.architecture.LayersTest}), source folders
 * ({@link dev.weft.architecture.PackagesTest}) and module descriptors ({@link dev.weft.architecture.ServicesTest}).
 *
 * <p>Not here: how a module behaves, which is tested in that module; {@code bench}, which nothing can see because it
 * depends on everything.
 */
package dev.weft.architecture;
