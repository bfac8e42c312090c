package dev.weft.backend.cpu;

import dev.weft.backend.spi.BackendProvider;
import dev.weft.backend.testkit.BackendConformance;

class CpuConformanceTest extends BackendConformance {

    @Override
    protected BackendProvider provider() {
        return new CpuBackendProvider();
    }
}
