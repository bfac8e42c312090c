package dev.weft.backend.cuda.nativelib;

import dev.weft.graph.DefectException;
import dev.weft.graph.MachineException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;

/** cuBLASLt with a handle in the current context: its functions, and what its statuses mean. */
final class CublasLt implements AutoCloseable {
    /** There is no way to make such a product. */
    static final int NOT_SUPPORTED = 15;

    /** Some of what was said of a product does not go together. */
    static final int INVALID_VALUE = 7;

    private final FunctionTable<CublasLtFunction> functions;
    private final long handle;
    private final long version;

    /** Makes a handle. The device's context must have been entered. */
    CublasLt(SymbolLookup library) {
        functions = FunctionTable.of(CublasLtFunction.class, library, "cuBLASLt");
        version = functions.word(CublasLtFunction.VERSION);
        handle = create("beginning with cuBLASLt", CublasLtFunction.CREATE);
    }

    FunctionTable<CublasLtFunction> functions() {
        return functions;
    }

    long handle() {
        return handle;
    }

    /** The library's version, which algorithms belong to: {@code 130002}. */
    long version() {
        return version;
    }

    /** A function that writes a handle to the address which is its first argument. */
    long create(String doing, CublasLtFunction function, Object... others) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cell = arena.allocate(ValueLayout.JAVA_LONG);
            Object[] arguments = new Object[others.length + 1];
            arguments[0] = cell.address();
            System.arraycopy(others, 0, arguments, 1, others.length);
            check(functions.status(function, arguments), doing);
            return cell.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /** Sets an attribute of 32 bits. */
    void set(CublasLtFunction setter, long object, int attribute, int value) {
        try (Arena arena = Arena.ofConfined()) {
            set(setter, object, attribute, arena.allocateFrom(ValueLayout.JAVA_INT, value));
        }
    }

    /** Sets an attribute of 64 bits. */
    void set(CublasLtFunction setter, long object, int attribute, long value) {
        try (Arena arena = Arena.ofConfined()) {
            set(setter, object, attribute, arena.allocateFrom(ValueLayout.JAVA_LONG, value));
        }
    }

    private void set(CublasLtFunction setter, long object, int attribute, MemorySegment value) {
        int status = functions.status(setter, object, attribute, value.address(), value.byteSize());
        check(status, "setting attribute " + attribute + " by " + setter.symbol());
    }

    void check(int status, String doing) {
        if (status != 0) {
            String sentence = "cuBLASLt: " + doing + " failed with "
                    + functions.text(CublasLtFunction.STATUS_NAME, status) + " (" + status + "): "
                    + functions.text(CublasLtFunction.STATUS_TEXT, status);
            throw status == INVALID_VALUE || status == NOT_SUPPORTED
                    ? new DefectException(sentence)
                    : new MachineException(sentence);
        }
    }

    @Override
    public void close() {
        functions.status(CublasLtFunction.DESTROY, handle);
    }
}
