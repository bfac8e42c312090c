package com.example.counting;

import dev.weft.backend.spi.BackendProvider;
import dev.weft.backend.testkit.BackendConformance;

class CountingConformanceTest extends BackendConformance {

    @Override
    protected BackendProvider provider() {
        return new CountingProvider();
    }
}
