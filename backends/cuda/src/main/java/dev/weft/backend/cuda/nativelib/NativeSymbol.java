package dev.weft.backend.cuda.nativelib;

/** A function of one of NVIDIA's libraries. */
sealed interface NativeSymbol permits DriverFunction, NvrtcFunction, CublasLtFunction {

    /**
     * How C knows a function.
     *
     * @param symbol the name that the library exports
     * @param signature in letters, the result first: {@code I} an integer of at most 32 bits, {@code L} one of 64, a handle or an address
     */
    record Declaration(String symbol, String signature) {}

    Declaration declaration();

    /** The name that the library exports. */
    default String symbol() {
        return declaration().symbol();
    }

    /** The C signature in letters. */
    default String signature() {
        return declaration().signature();
    }
}
