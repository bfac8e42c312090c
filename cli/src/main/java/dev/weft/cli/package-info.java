/**
 * The {@code weft} command. {@link dev.weft.cli.Main} takes arguments and gives an exit code; {@link dev.weft.cli.Commands} lists
 * the commands, each an {@link dev.weft.cli.Action} in a file of its own. What several commands take stands in mixins:
 * {@link dev.weft.cli.OutputOptions}, {@link dev.weft.cli.ProgramOptions}, {@link dev.weft.cli.SizeOptions},
 * {@link dev.weft.cli.MachineOptions}. Results go to standard output and everything else to standard error.
 *
 * <p>Not here: anything that a program in Java could want as well. That is in {@code dev.weft.models}, whose client this is.
 */
package dev.weft.cli;
