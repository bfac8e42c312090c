/**
 * Files, said once: which kind of failure an {@link java.io.IOException} is, and writing a file so that a reader sees the
 * whole of it or nothing. Exported to the command only; formats live in their own packages.
 */
package dev.weft.models.io;
