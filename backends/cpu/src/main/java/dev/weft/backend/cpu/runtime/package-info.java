/**
 * What runs compiled steps: a pool of threads that walks a list of steps, each thread as far ahead of the others as the steps allow,
 * and the memory they work in.
 *
 * <p>In come steps and byte counts, out go finished steps and addresses. A step divides its work into units by sizes alone;
 * which thread takes which unit never changes a result. What the steps compute is decided in {@code codegen} and {@code
 * kernel}.
 */
package dev.weft.backend.cpu.runtime;
