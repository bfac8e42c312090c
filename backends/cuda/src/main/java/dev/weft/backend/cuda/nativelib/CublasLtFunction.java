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

    private final Declaration declaration;

    CublasLtFunction(String symbol, String signature) {
        declaration = new Declaration(symbol, signature);
    }

    @Override
    public Declaration declaration() {
        return declaration;
    }
}
