package dev.weft.graph;

import org.jspecify.annotations.Nullable;

/** The machine lacks what the work needs: memory, a library, an instruction set. Exit code 3. */
public class MachineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MachineException(String message) {
        super(message);
    }

    public MachineException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
