using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reacher.Fast.Core.Vectors;

/// <summary>The one place that selects an instruction set.</summary>
public static class InstructionSets
{
    /// <summary>Forces a choice: <c>scalar</c>, <c>128</c>, <c>256</c> or <c>512</c>.</summary>
    public const string EnvironmentVariable = "REACHER_FAST_ISA";

    /// <summary>
    /// Widest first: the kernels are bound by multiply-adds, and a multiply-add of twice the lanes costs the same instruction.
    /// <see cref="Vector512.IsHardwareAccelerated"/>, not whether AVX-512 exists, decides on 512: the runtime answers no where
    /// the processor slows down for it. 128 runs everywhere; where the processor has no vectors at all, it is still correct.
    /// </summary>
    public static InstructionSet Best =>
        IsSupported(InstructionSet.Vector512) ? InstructionSet.Vector512
        : IsSupported(InstructionSet.Vector256) ? InstructionSet.Vector256
        : InstructionSet.Vector128;

    /// <summary>The one that <see cref="EnvironmentVariable"/> names, otherwise <see cref="Best"/>.</summary>
    /// <exception cref="InputException">The variable names none, or one that this processor lacks.</exception>
    public static InstructionSet Selected => Parse(Environment.GetEnvironmentVariable(EnvironmentVariable));

    /// <summary>Whether the processor, as the runtime is set up, has the instructions. Software fallbacks do not count.</summary>
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

    internal static InstructionSet Parse(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return Best;
        }

        InstructionSet set = value switch
        {
            "scalar" => InstructionSet.Scalar,
            "128" => InstructionSet.Vector128,
            "256" => InstructionSet.Vector256,
            "512" => InstructionSet.Vector512,
            _ => throw new InputException(
                $"{EnvironmentVariable} is '{value}'; set it to scalar, 128, 256 or 512, or unset it for the best of this processor."),
        };
        return IsSupported(set)
            ? set
            : throw new InputException(
                $"{EnvironmentVariable} asks for {NameOf(set)}, which this processor lacks; unset it or name a smaller one.");
    }
}
