using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reacher.Fast.Core.Vectors;

/// <summary>The one place that selects an instruction set, for the learner's kernels and for the arm.</summary>
public static class InstructionSets
{
    /// <summary>Forces a choice: <c>scalar</c>, <c>128</c>, <c>256</c> or <c>512</c>.</summary>
    public const string EnvironmentVariable = "REACHER_FAST_ISA";

    /// <summary>
    /// The widest that <see cref="IsSupported"/> allows: the kernels are bound by multiply-adds, and a multiply-add of twice the
    /// lanes costs the same instruction.
    /// </summary>
    public static InstructionSet Best => WidestOf(IsSupported);

    /// <summary>
    /// The one that <see cref="EnvironmentVariable"/> names, otherwise <see cref="Best"/>: for the learner and the arm alike.
    /// </summary>
    /// <exception cref="InputException">The variable names none, or one that this processor lacks.</exception>
    public static InstructionSet Selected => Choose(Environment.GetEnvironmentVariable(EnvironmentVariable), IsSupported);

    /// <summary>
    /// Whether the processor, as the runtime is set up, has the instructions; what the runtime emulates does not count.
    /// <see cref="Vector512.IsHardwareAccelerated"/>, not only whether AVX-512 exists, decides on 512: the runtime answers no
    /// where the processor slows down for it. 128 runs everywhere; where the processor has no vectors at all, it is still correct.
    /// </summary>
    public static bool IsSupported(InstructionSet set) => set switch
    {
        InstructionSet.Scalar or InstructionSet.Vector128 => true,
        InstructionSet.Vector256 => Vector256.IsHardwareAccelerated && Fma.IsSupported,
        InstructionSet.Vector512 => Vector512.IsHardwareAccelerated && Avx512F.IsSupported,
        _ => false,
    };

    /// <summary>What is logged: <c>scalar</c>, <c>vector128</c>, <c>avx2</c>, <c>avx512</c>.</summary>
    public static string NameOf(InstructionSet set) => set switch
    {
        InstructionSet.Scalar => "scalar",
        InstructionSet.Vector128 => "vector128",
        InstructionSet.Vector256 => "avx2",
        InstructionSet.Vector512 => "avx512",
        _ => throw new ArgumentOutOfRangeException(nameof(set)),
    };

    /// <summary>What a value of <see cref="EnvironmentVariable"/> selects on a processor.</summary>
    /// <param name="forced">The variable's value; null, empty and <c>auto</c> leave the choice to the processor.</param>
    /// <param name="isSupported">What the processor has: <see cref="IsSupported"/>, or in tests another processor's answer.</param>
    /// <exception cref="InputException">The value names no instruction set, or one that the processor lacks.</exception>
    internal static InstructionSet Choose(string? forced, Func<InstructionSet, bool> isSupported)
    {
        InstructionSet set = forced switch
        {
            null or "" or "auto" => WidestOf(isSupported),
            "scalar" => InstructionSet.Scalar,
            "128" => InstructionSet.Vector128,
            "256" => InstructionSet.Vector256,
            "512" => InstructionSet.Vector512,
            _ => throw new InputException(
                $"{EnvironmentVariable} is '{forced}'; set it to scalar, 128, 256 or 512, or unset it for the best of this processor."),
        };
        return Require(set, EnvironmentVariable, isSupported);
    }

    /// <summary>An instruction set that somebody asks for by name, if the processor has it.</summary>
    /// <param name="set">The instruction set.</param>
    /// <param name="asker">The variable or the option that names it, for the message.</param>
    /// <exception cref="InputException">The processor lacks it.</exception>
    public static InstructionSet Require(InstructionSet set, string asker) => Require(set, asker, IsSupported);

    private static InstructionSet Require(InstructionSet set, string asker, Func<InstructionSet, bool> isSupported) => isSupported(set)
        ? set
        : throw new InputException($"{asker} asks for {NameOf(set)}, which this processor lacks; leave it out or name a smaller one.");

    private static InstructionSet WidestOf(Func<InstructionSet, bool> isSupported) =>
        isSupported(InstructionSet.Vector512) ? InstructionSet.Vector512
        : isSupported(InstructionSet.Vector256) ? InstructionSet.Vector256
        : InstructionSet.Vector128;
}
