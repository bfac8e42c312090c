package dev.weft.backend.reference;

import dev.weft.backend.spi.BackendProvider;
import dev.weft.backend.testkit.BackendConformance;

class ReferenceConformanceTest extends BackendConformance {

    @Override
    protected BackendProvider provider() {
        return new ReferenceProvider();
    }
}
