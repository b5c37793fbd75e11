using Reacher.Fast.Core.Interop;

namespace Reacher.Fast.Core.Kernels.Cuda;

/// <summary>
/// A program as a CUDA graph: every op one kernel node, with the dependencies that its tensors give it. An op waits for the
/// last writer of whatever it reads, and, where it writes, for the last writer and all readers since. So the twin critics'
/// target, the policy's forward pass and every weight gradient run side by side without anybody having said so.
/// </summary>
internal sealed unsafe class CudaRecording : IDisposable
{
    private readonly CudaContext context;
    private readonly bool parallel;
    private readonly CudaGraph graph;
    private readonly List<Use> uses = [];
    private readonly List<nint> nodes = [];
    private readonly List<HashSet<int>> ancestors = [];
    private CudaGraphExecutable? executable;

    /// <summary>An empty recording; <paramref name="parallel"/> false chains every op to the one before.</summary>
    public CudaRecording(CudaContext context, bool parallel)
    {
        this.context = context;
        this.parallel = parallel;
        graph = new CudaGraph(context);
    }

    /// <summary>How many ops have been recorded.</summary>
    public int Count => nodes.Count;

    /// <summary>How many dependencies there are between them.</summary>
    public int Dependencies { get; private set; }

    /// <summary>How many of them advance the update counter.</summary>
    public int NoiseAdvances { get; set; }

    /// <summary>Appends an op.</summary>
    /// <exception cref="CudaException">The driver refused it.</exception>
    public void Add(ref KernelNodeParameters parameters, ReadOnlySpan<KernelArgument> arguments)
    {
        var after = new SortedSet<int>();
        if (!parallel && nodes.Count > 0)
        {
            after.Add(nodes.Count - 1);
        }

        if (parallel)
        {
            foreach (KernelArgument argument in arguments)
            {
                CollectDependencies(UseOf(argument), after);
            }

            foreach (KernelArgument argument in arguments)
            {
                Note(UseOf(argument));
            }
        }

        nint[] dependencies = [.. Reduce(after).Select(index => nodes[index])];
        Dependencies += dependencies.Length;
        fixed (nint* list = dependencies)
        fixed (KernelNodeParameters* node = &parameters)
        {
            CudaCheck.Succeeded(CudaDriver.cuGraphAddKernelNode_v2(out nint added, graph, list, (nuint)dependencies.Length, node));
            nodes.Add(added);
        }
    }

    /// <summary>Makes it ready to be launched.</summary>
    /// <exception cref="CudaException">The driver refused.</exception>
    public void Finish() => executable = new CudaGraphExecutable(context, graph);

    /// <summary>Queues one run of all ops.</summary>
    /// <exception cref="CudaException">The driver refused, or work queued earlier failed.</exception>
    public void Launch(CudaStream stream) => CudaCheck.Succeeded(CudaDriver.cuGraphLaunch(executable!, stream));

    /// <inheritdoc/>
    public void Dispose()
    {
        executable?.Dispose();
        graph.Dispose();
    }

    private Use UseOf(KernelArgument argument) => new(nodes.Count, argument.Start, argument.Length, argument.Access);

    private void CollectDependencies(Use use, SortedSet<int> after)
    {
        if (use.Access == Access.None)
        {
            return;
        }

        foreach (Use earlier in uses)
        {
            if (earlier.Overlaps(use) && (use.Access == Access.Write || earlier.Access == Access.Write))
            {
                after.Add(earlier.Node);
            }
        }
    }

    /// <summary>Leaves out what another dependency waits for anyway: every edge costs the device something.</summary>
    private List<int> Reduce(SortedSet<int> after)
    {
        List<int> kept = [];
        HashSet<int> covered = [];
        foreach (int node in after.Reverse())
        {
            if (covered.Add(node))
            {
                kept.Add(node);
                covered.UnionWith(ancestors[node]);
            }
        }

        ancestors.Add(covered);
        return kept;
    }

    /// <summary>A write makes all earlier uses of what it covers history: whoever comes later waits for the write alone.</summary>
    private void Note(Use use)
    {
        if (use.Access == Access.None)
        {
            return;
        }

        if (use.Access == Access.Write)
        {
            uses.RemoveAll(earlier => earlier.Node != use.Node && earlier.IsWithin(use));
        }

        uses.Add(use);
    }

    private readonly record struct Use(int Node, long Start, long Length, Access Access)
    {
        public bool Overlaps(Use other) => Start < other.Start + other.Length && other.Start < Start + Length;

        public bool IsWithin(Use other) => Start >= other.Start && Start + Length <= other.Start + other.Length;
    }
}
