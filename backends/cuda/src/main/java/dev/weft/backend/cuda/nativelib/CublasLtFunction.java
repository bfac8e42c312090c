package dev.weft.backend.cuda.nativelib;

/** What is used of {@code libcublasLt}. */
enum CublasLtFunction implements NativeSymbol {
    VERSION("cublasLtGetVersion", "L"),
    STATUS_NAME("cublasLtGetStatusName", "LI"),
    STATUS_TEXT("cublasLtGetStatusString", "LI"),
    CREATE("cublasLtCreate", "IL"),
    DESTROY("cublasLtDestroy", "IL"),
    DESCRIPTOR_CREATE("cublasLtMatmulDescCreate", "ILII"),
    DESCRIPTOR_SET("cublasLtMatmulDescSetAttribute", "ILILL"),
    DESCRIPTOR_DESTROY("cublasLtMatmulDescDestroy", "IL"),
    LAYOUT_CREATE("cublasLtMatrixLayoutCreate", "ILILLL"),
    LAYOUT_SET("cublasLtMatrixLayoutSetAttribute", "ILILL"),
    LAYOUT_DESTROY("cublasLtMatrixLayoutDestroy", "IL"),
    PREFERENCE_CREATE("cublasLtMatmulPreferenceCreate", "IL"),
    PREFERENCE_SET("cublasLtMatmulPreferenceSetAttribute", "ILILL"),
    PREFERENCE_DESTROY("cublasLtMatmulPreferenceDestroy", "IL"),
    HEURISTIC("cublasLtMatmulAlgoGetHeuristic", "ILLLLLLLILL"),
    MATMUL("cublasLtMatmul", "ILLLLLLLLLLLLLLLL");

    private final String symbol;
    private final String signature;

    CublasLtFunction(String symbol, String signature) {
        this.symbol = symbol;
        this.signature = signature;
    }

    @Override
    public String symbol() {
        return symbol;
    }

    @Override
    public String signature() {
        return signature;
    }
}
