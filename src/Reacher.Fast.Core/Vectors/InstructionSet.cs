namespace Reacher.Fast.Core.Vectors;

/// <summary>The ways in which the CPU's kernels and the arm can compute.</summary>
public enum InstructionSet
{
    /// <summary>The reference: one number, or one arm, at a time, in double precision where it matters.</summary>
    Scalar = 0,

    /// <summary>4 lanes: NEON on ARM64, SSE on x64. The portable path.</summary>
    Vector128 = 128,

    /// <summary>8 lanes: AVX2 with FMA.</summary>
    Vector256 = 256,

    /// <summary>16 lanes: AVX-512.</summary>
    Vector512 = 512,
}
