using System.Globalization;
using System.Reflection;
using System.Text.Json;
using BenchmarkDotNet.Attributes;

namespace Reacher.Fast.Benchmarks.Allocations;

/// <summary>
/// Holds every benchmark against <c>benchmarks/allocations.json</c>: <c>--quick allocations</c>. Bytes are what a machine cannot make
/// noisy, so these are judged, and times never. Whole-process bytes are counted, so that a worker thread's are seen too; the least of a
/// few trials counts, so that what the runtime itself allocates once is not.
/// </summary>
internal static class AllocationGate
{
    private const string FileName = "allocations.json";
    private const int WarmUp = 10;
    private const int Calls = 10;
    private const int Trials = 4;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Checks, and prints a line for each benchmark that is not as listed.</summary>
    /// <param name="arguments"><c>print</c>: print the figures as JSON and judge nothing. <c>planted</c>: with a benchmark that allocates
    /// and is listed as 0.</param>
    /// <returns>0 if all are as listed, 1 if not.</returns>
    public static int Run(ReadOnlySpan<string> arguments)
    {
        BenchmarkSizes.ReplayRows = 20_000;
        bool print = arguments is ["print"], planted = arguments is ["planted"];
        Dictionary<string, long> listed = Read();
        List<Type> classes = [.. typeof(AllocationGate).Assembly.GetTypes()
            .Where(type => type != typeof(PlantedBenchmarks) && BenchmarksOf(type).Any())];
        if (planted)
        {
            classes = [typeof(PlantedBenchmarks)];
            listed = new()
            {
                [$"{nameof(PlantedBenchmarks)}.{nameof(PlantedBenchmarks.Allocating)}"] = 0,
                [$"{nameof(PlantedBenchmarks)}.{nameof(PlantedBenchmarks.Quiet)}"] = 0,
            };
        }

        var found = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (Type type in classes)
        {
            Measure(type, found);
        }

        if (print)
        {
            Console.WriteLine(JsonSerializer.Serialize(found, Indented));
            return 0;
        }

        List<string> problems = [.. Judge(found, listed), .. classes.SelectMany(Form)];
        problems.ForEach(problem => Console.WriteLine($"allocations: {problem}"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{found.Count} benchmarks, {found.Values.Count(bytes => bytes == 0)} of them allocate nothing: " +
            $"{(problems.Count == 0 ? "as listed" : "NOT as listed")}"));
        return problems.Count == 0 ? 0 : 1;
    }

    /// <summary>What is wrong with figures, one sentence each.</summary>
    internal static IEnumerable<string> Judge(IReadOnlyDictionary<string, long> found, IReadOnlyDictionary<string, long> listed)
    {
        foreach ((string name, long bytes) in found)
        {
            if (!listed.TryGetValue(name, out long allowed))
            {
                yield return $"{name} is not in {FileName}; list it there, at {bytes} bytes an operation.";
            }
            else if (bytes > allowed)
            {
                yield return $"{name} allocates {bytes} bytes an operation, and may allocate {allowed}; find what allocates, " +
                    $"or raise it in {FileName} and say why.";
            }
        }

        foreach (string name in listed.Keys.Where(name => !found.ContainsKey(name)))
        {
            yield return $"{name} is in {FileName}, and there is no such benchmark; take it out.";
        }
    }

    // What every class of benchmarks must have.
    private static IEnumerable<string> Form(Type type)
    {
        if (type.GetCustomAttribute<MemoryDiagnoserAttribute>() is null)
        {
            yield return $"{type.Name} has no [MemoryDiagnoser].";
        }

        if (BenchmarksOf(type).Count(method => method.GetCustomAttribute<BenchmarkAttribute>()!.Baseline) != 1)
        {
            yield return $"{type.Name} has not one baseline.";
        }
    }

    // The largest over the class's parameters: all instruction sets and ops, else the first, which is the smallest.
    private static void Measure(Type type, SortedDictionary<string, long> found)
    {
        foreach (Action<object> parameters in Combinations(type))
        {
            object instance = Activator.CreateInstance(type)!;
            parameters(instance);
            Invoke<GlobalSetupAttribute>(instance);
            foreach (MethodInfo method in BenchmarksOf(type))
            {
                string name = $"{type.Name}.{method.Name}";
                long bytes = Bytes(method.CreateDelegate<Action>(instance)) / method.GetCustomAttribute<BenchmarkAttribute>()!.OperationsPerInvoke;
                found[name] = Math.Max(bytes, found.GetValueOrDefault(name));
            }

            Invoke<GlobalCleanupAttribute>(instance);
        }
    }

    private static long Bytes(Action operation)
    {
        for (int i = 0; i < WarmUp; i++)
        {
            operation();
        }

        long least = long.MaxValue;
        for (int trial = 0; trial < Trials && least > 0; trial++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < Calls; i++)
            {
                operation();
            }

            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        // Rounded up: a byte in ten calls is a byte.
        return (least + Calls - 1) / Calls;
    }

    private static IEnumerable<Action<object>> Combinations(Type type)
    {
        IEnumerable<Action<object>> combinations = [_ => { }];
        foreach (PropertyInfo property in type.GetProperties())
        {
            object?[]? values = property.GetCustomAttribute<ParamsAttribute>()?.Values[..1]
                ?? (property.GetCustomAttribute<ParamsSourceAttribute>() is { } source
                    ? [.. ((System.Collections.IEnumerable)type.GetProperty(source.Name)!.GetValue(null)!).Cast<object>()]
                    : null);
            if (values is not null)
            {
                combinations =
                [
                    .. combinations.SelectMany(before => values.Select(value => before + (instance => property.SetValue(instance, value)))),
                ];
            }
        }

        return combinations;
    }

    private static IEnumerable<MethodInfo> BenchmarksOf(Type type) => type.GetMethods()
        .Where(method => method.GetCustomAttribute<BenchmarkAttribute>() is not null);

    private static void Invoke<TAttribute>(object instance)
        where TAttribute : Attribute =>
        instance.GetType().GetMethods()
            .FirstOrDefault(method => method.GetCustomAttribute<TAttribute>() is not null)?
            .CreateDelegate<Action>(instance)();

    private static Dictionary<string, long> Read() =>
        JsonSerializer.Deserialize<Dictionary<string, long>>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, FileName)))!;
}
