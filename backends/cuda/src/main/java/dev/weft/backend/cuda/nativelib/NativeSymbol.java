package dev.weft.backend.cuda.nativelib;

/** A function of one of NVIDIA's libraries. */
sealed interface NativeSymbol permits DriverFunction, NvrtcFunction, CublasLtFunction {

    /** The name that the library exports. */
    String symbol();

    /**
     * The C signature in letters, the result first: {@code I} an integer of at most 32 bits, {@code L} one of 64, a handle or
     * an address.
     */
    String signature();
}
