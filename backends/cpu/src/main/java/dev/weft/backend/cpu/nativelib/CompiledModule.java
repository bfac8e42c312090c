package dev.weft.backend.cpu.nativelib;

import java.util.List;

/**
 * One module after code generation: relocatable machine code, and the stages that led to it as texts.
 *
 * @param object an ELF object file
 * @param optimized the IR after all passes
 * @param assembly the machine code as text, empty unless it was asked for
 * @param remarks what LLVM had to say, such as a loop that was to be vectorized and was not
 */
public record CompiledModule(byte[] object, String optimized, String assembly, List<String> remarks) {

    public CompiledModule {
        remarks = List.copyOf(remarks);
    }
}
