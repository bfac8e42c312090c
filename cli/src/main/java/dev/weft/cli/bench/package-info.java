/**
 * The options of {@code weft bench}, which two processes read: the command, which checks them and shows them in its help, and the suite in
 * the module {@code bench}, which the command builds and starts.
 *
 * <p>Not here: anything that measures.
 */
package dev.weft.cli.bench;
