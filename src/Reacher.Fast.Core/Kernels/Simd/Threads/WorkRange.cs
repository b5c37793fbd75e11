namespace Reacher.Fast.Core.Kernels.Simd.Threads;

/// <summary>The part of 0 .. count - 1 that a member does: contiguous, and no two parts differ by more than one grain.</summary>
internal readonly struct WorkRange
{
    public WorkRange(long count, int member, int members, int grain = 1)
    {
        long grains = (count + grain - 1) / grain;
        Begin = (int)Math.Min(count, grains * member / members * grain);
        End = (int)Math.Min(count, grains * (member + 1) / members * grain);
    }

    public int Begin { get; }

    public int End { get; }
}
