package dev.weft.backend.cuda.nativelib;

/** What is used of {@code libnvrtc}. */
enum NvrtcFunction implements NativeSymbol {
    VERSION("nvrtcVersion", "ILL"),
    ERROR_TEXT("nvrtcGetErrorString", "LI"),
    CREATE("nvrtcCreateProgram", "ILLLILL"),
    COMPILE("nvrtcCompileProgram", "ILIL"),
    DESTROY("nvrtcDestroyProgram", "IL"),
    LOG_SIZE("nvrtcGetProgramLogSize", "ILL"),
    LOG("nvrtcGetProgramLog", "ILL"),
    CUBIN_SIZE("nvrtcGetCUBINSize", "ILL"),
    CUBIN("nvrtcGetCUBIN", "ILL");

    private final Declaration declaration;

    NvrtcFunction(String symbol, String signature) {
        declaration = new Declaration(symbol, signature);
    }

    @Override
    public Declaration declaration() {
        return declaration;
    }
}
