namespace Reacher.Fast.Core.Kernels;

/// <summary>
/// The small op set the networks and learners are written over, on one device. Three kinds implement it: a scalar reference
/// (double accumulation), SIMD on the CPU, and CUDA. Ops take tensors of this device only, write every element of their
/// outputs, and never overlap inputs with outputs unless an op says so. On a CPU an op has run when the call returns; on CUDA
/// it is queued, or recorded when inside <see cref="Run"/>. Nothing but <see cref="Download"/> and <see cref="Synchronize"/>
/// waits. A device is used by one thread at a time. No op allocates.
/// </summary>
public interface IKernelDevice : IDenseKernels, IPolicyKernels, ILossKernels, IOptimizerKernels, IDisposable
{
    /// <summary>What is logged and reported, such as <c>cpu avx2, 2 threads</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Whether ops that do not depend on each other run side by side. Where they do, passes want activations of their own, so that one
    /// need not wait until another is done with shared ones; where they do not, shared ones stay in the cache.
    /// </summary>
    bool RunsSideBySide { get; }

    /// <summary>
    /// Counts updates; the high part of every noise counter. Set on construction and resume, advanced by
    /// <see cref="IPolicyKernels.AdvanceNoise"/>. Reading it never waits: a CUDA device keeps a count of its own on the host.
    /// </summary>
    ulong UpdateCounter { get; set; }

    /// <summary>The seed of all noise: the key of the Philox generator.</summary>
    ulong NoiseSeed { get; set; }

    /// <summary>Allocates zeroed tensors in one block; freed when the device is disposed.</summary>
    TensorBlock Allocate(string name, params ReadOnlySpan<TensorShape> shapes);

    /// <summary>Copies row-major values [heads, rows, columns] into <paramref name="destination"/>, packing as the device needs.</summary>
    /// <exception cref="ArgumentException">The length is not that of the tensor.</exception>
    void Upload(ReadOnlySpan<float> values, Tensor destination);

    /// <summary>Waits for the device and copies <paramref name="source"/> out, row-major [heads, rows, columns].</summary>
    /// <exception cref="ArgumentException">The length is not that of the tensor.</exception>
    void Download(Tensor source, Span<float> values);

    /// <summary>Copies a whole block into another of the same shapes (targets from networks at the start).</summary>
    void Copy(TensorBlock source, TensorBlock destination);

    /// <summary>
    /// Runs the ops that <paramref name="program"/>'s body issues. A CPU calls the body each time; CUDA records it once into
    /// a graph and replays that, so a body must issue the same ops on the same tensors every time, and whatever changes
    /// between runs must lie in device memory (the batch, the update counter, optimiser steps).
    /// </summary>
    void Run(DeviceProgram program);

    /// <summary>Waits until everything queued has run.</summary>
    void Synchronize();
}

/// <summary>A fixed sequence of ops, named for reports; see <see cref="IKernelDevice.Run"/>.</summary>
/// <param name="name">The program's name, such as <c>sac-update</c>.</param>
/// <param name="body">The action that issues the ops.</param>
public sealed class DeviceProgram(string name, Action body)
{
    /// <summary>The program's name, such as <c>sac-update</c>.</summary>
    public string Name { get; } = name;

    /// <summary>The action that issues the ops.</summary>
    public Action Body { get; } = body;

    /// <summary>Whatever the device keeps for it (a recorded graph); null until the first run.</summary>
    internal IDisposable? Recording { get; set; }
}
