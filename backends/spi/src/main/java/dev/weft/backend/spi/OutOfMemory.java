package dev.weft.backend.spi;

import dev.weft.graph.MachineException;

/** There is less memory than is needed. Said before any of it is taken, so that something smaller can be tried. */
public class OutOfMemory extends MachineException {
    private static final long serialVersionUID = 1L;

    private final String lack;
    private final long neededBytes;
    private final long availableBytes;

    /**
     * @param lack what needs how much, and how much there is
     * @param advice what to do
     */
    public OutOfMemory(String lack, String advice, long neededBytes, long availableBytes) {
        super(lack + "; " + advice);
        this.lack = lack;
        this.neededBytes = neededBytes;
        this.availableBytes = availableBytes;
    }

    public long neededBytes() {
        return neededBytes;
    }

    public long availableBytes() {
        return availableBytes;
    }

    /** The same, by somebody who knows better what to do. */
    public OutOfMemory advising(String advice) {
        OutOfMemory better = new OutOfMemory(lack, advice, neededBytes, availableBytes);
        better.initCause(this);
        return better;
    }
}
