package dev.weft.backend.cuda.nativelib;

/** What is used of {@code libcuda.so.1}. Names with versions are those that CUDA 13.0's header stands for. */
enum DriverFunction implements NativeSymbol {
    DRIVER_VERSION("cuDriverGetVersion", "IL"),
    INIT("cuInit", "II"),
    ERROR_NAME("cuGetErrorName", "IIL"),
    ERROR_TEXT("cuGetErrorString", "IIL"),
    DEVICE_COUNT("cuDeviceGetCount", "IL"),
    DEVICE("cuDeviceGet", "ILI"),
    DEVICE_NAME("cuDeviceGetName", "ILII"),
    DEVICE_ATTRIBUTE("cuDeviceGetAttribute", "ILII"),
    DEVICE_MEMORY("cuDeviceTotalMem_v2", "ILI"),
    CONTEXT_RETAIN("cuDevicePrimaryCtxRetain", "ILI"),
    CONTEXT_RELEASE("cuDevicePrimaryCtxRelease_v2", "II"),
    CONTEXT_CURRENT("cuCtxSetCurrent", "IL"),
    MEMORY_INFO("cuMemGetInfo_v2", "ILL"),
    MEMORY_ALLOCATE("cuMemAlloc_v2", "ILL"),
    MEMORY_FREE("cuMemFree_v2", "IL"),
    HOST_ALLOCATE("cuMemHostAlloc", "ILLI"),
    HOST_FREE("cuMemFreeHost", "IL"),
    FILL("cuMemsetD8Async", "ILILL"),
    COPY("cuMemcpyDtoDAsync_v2", "ILLLL"),
    COPY_IN("cuMemcpyHtoDAsync_v2", "ILLLL"),
    COPY_OUT("cuMemcpyDtoHAsync_v2", "ILLLL"),
    STREAM_CREATE("cuStreamCreate", "ILI"),
    STREAM_DESTROY("cuStreamDestroy_v2", "IL"),
    STREAM_SYNCHRONIZE("cuStreamSynchronize", "IL"),
    STREAM_AWAIT("cuStreamWaitEvent", "ILLI"),
    EVENT_CREATE("cuEventCreate", "ILI"),
    EVENT_DESTROY("cuEventDestroy_v2", "IL"),
    EVENT_SYNCHRONIZE("cuEventSynchronize", "IL"),
    EVENT_RECORD("cuEventRecord", "ILL"),
    EVENT_RECORD_FLAGS("cuEventRecordWithFlags", "ILLI"),
    EVENT_ELAPSED("cuEventElapsedTime_v2", "ILLL"),
    MODULE_LOAD("cuModuleLoadData", "ILL"),
    MODULE_UNLOAD("cuModuleUnload", "IL"),
    MODULE_FUNCTION("cuModuleGetFunction", "ILLL"),
    FUNCTION_ATTRIBUTE("cuFuncSetAttribute", "ILII"),
    LAUNCH("cuLaunchKernel", "ILIIIIIIILLL"),
    CAPTURE_BEGIN("cuStreamBeginCapture_v2", "ILI"),
    CAPTURE_END("cuStreamEndCapture", "ILL"),
    GRAPH_INSTANTIATE("cuGraphInstantiateWithFlags", "ILLL"),
    GRAPH_LAUNCH("cuGraphLaunch", "ILL"),
    GRAPH_EXEC_DESTROY("cuGraphExecDestroy", "IL"),
    GRAPH_DESTROY("cuGraphDestroy", "IL");

    private final Declaration declaration;

    DriverFunction(String symbol, String signature) {
        declaration = new Declaration(symbol, signature);
    }

    @Override
    public Declaration declaration() {
        return declaration;
    }
}
