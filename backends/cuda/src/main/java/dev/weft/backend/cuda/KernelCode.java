package dev.weft.backend.cuda;

import dev.weft.backend.cuda.runtime.Held;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compiled kernels of a program: all that a device needs of them.
 *
 * @param images what the compiler made, each with some of the kernels
 * @param functions one for each kernel
 */
record KernelCode(List<byte[]> images, List<Function> functions) {

    KernelCode {
        images = List.copyOf(images);
        functions = List.copyOf(functions);
    }

    /**
     * A kernel.
     *
     * @param name by which its image has it
     * @param image its number
     * @param sharedBytes most dynamic shared memory of a launch
     */
    record Function(String name, int image, int sharedBytes) {}

    /** The functions, loaded onto a device, by name. */
    Map<String, Long> load(Held held) {
        List<Long> modules = images.stream().map(held::module).toList();
        Map<String, Long> loaded = new HashMap<>();
        for (Function function : functions) {
            loaded.put(
                    function.name(),
                    held.device().function(modules.get(function.image()), function.name(), function.sharedBytes()));
        }
        return loaded;
    }

    /** Most dynamic shared memory of any launch. */
    int mostSharedBytes() {
        return functions.stream().mapToInt(Function::sharedBytes).max().orElse(0);
    }
}
