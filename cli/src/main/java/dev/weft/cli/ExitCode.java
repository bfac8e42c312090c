package dev.weft.cli;

/** What the command's exit codes say. */
final class ExitCode {

    static final int DONE = 0;

    /** What is in a file is wrong, or what was named is not there. */
    static final int USER = 1;

    /** The command line is wrong: words that it does not take, or a value that is out of its range, whoever finds out. */
    static final int USAGE = 2;

    /** The machine cannot do it. */
    static final int MACHINE = 3;

    /** Weft is wrong. */
    static final int DEFECT = 4;

    /** Interrupted; what was done is kept. The JVM ends with it of itself when the signal came from outside. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
