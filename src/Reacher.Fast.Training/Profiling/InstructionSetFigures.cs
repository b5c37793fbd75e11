namespace Reacher.Fast.Training.Profiling;

/// <summary>What one instruction set reaches on this machine with one thread.</summary>
/// <param name="Name">The instruction set, such as <c>avx512</c>.</param>
/// <param name="Peak">Floating-point operations per second in multiply-adds that have nothing to load (<see cref="FmaPeak"/>).</param>
/// <param name="Product">The same in a product of 256 x 256 by 256 x 256 with the learner's kernels.</param>
/// <param name="Clock">
/// The processor's clock right after such multiply-adds, as a part of its clock after a time without vectors: below 1 where the processor
/// slows down for wide registers.
/// </param>
internal sealed record InstructionSetFigures(string Name, double Peak, double Product, double Clock);
