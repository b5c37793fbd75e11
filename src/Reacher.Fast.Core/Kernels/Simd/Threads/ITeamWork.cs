namespace Reacher.Fast.Core.Kernels.Simd.Threads;

/// <summary>
/// Work a team divides: every member runs <see cref="Execute"/> once with its own number and does its part. The division
/// depends on the two numbers alone, so that the same team always does the same. Implemented by structs that hold pointers.
/// </summary>
public interface ITeamWork
{
    /// <summary>Does the part of member <paramref name="member"/> of <paramref name="members"/>; member 0 is the caller.</summary>
    void Execute(int member, int members);
}
