using System.Text.RegularExpressions;

namespace Reacher.Fast.Runner.Tests.Architecture;

/// <summary>Unsafe code is confined to the files whose job it is, so that code can lie where the data's path takes it.</summary>
public sealed partial class UnsafeCodeTests
{
    private static readonly HashSet<string> Allowed =
    [
        "Core/Interop/CudaCheck.cs",
        "Core/Interop/CudaDriver.cs",
        "Core/Interop/CudaProbe.cs",
        "Core/Interop/CudaResources.cs",
        "Core/Kernels/Cuda/CudaBatchRing.cs",
        "Core/Kernels/Cuda/CudaKernelDevice.Launch.cs",
        "Core/Kernels/Cuda/CudaKernelDevice.Memory.cs",
        "Core/Kernels/Cuda/CudaReadback.cs",
        "Core/Kernels/Cuda/CudaRecording.cs",
        "Core/Kernels/Cuda/CudaReplayMirror.cs",
        "Core/Kernels/Cuda/CudaStaging.cs",
        "Core/Kernels/Simd/Ops/ChunkedSums.cs",
        "Core/Kernels/Simd/Ops/LayerNormWork.cs",
        "Core/Kernels/Simd/Ops/LinearWork.cs",
        "Core/Kernels/Simd/Ops/NormalNoise.cs",
        "Core/Kernels/Simd/Ops/OptimizerWork.cs",
        "Core/Kernels/Simd/Ops/RowChunk.cs",
        "Core/Kernels/Simd/Ops/SquashedGaussianWork.cs",
        "Core/Kernels/Simd/Ops/TransferWork.cs",
        "Core/Kernels/Simd/Ops/ValueHeadWork.cs",
        "Core/Kernels/Simd/SimdKernelDevice.Dense.cs",
        "Core/Kernels/Simd/SimdKernelDevice.Loss.cs",
        "Core/Kernels/Simd/SimdKernelDevice.Optimizer.cs",
        "Core/Kernels/Simd/SimdKernelDevice.Policy.cs",
        "Core/Kernels/Simd/SimdKernelDevice.cs",
        "Core/Kernels/Simd/Threads/ThreadAffinity.cs",
        "Core/Kernels/Simd/Threads/ThreadTeam.cs",
        "Core/Memory/AlignedMemory.cs",
        "Core/Vectors/Gemm.cs",
        "Core/Vectors/GemmTile.cs",
        "Core/Vectors/ISimd.cs",
        "Core/Vectors/PackedMatrix.cs",
        "Core/Vectors/Simd128.cs",
        "Core/Vectors/Simd256.cs",
        "Core/Vectors/Simd512.cs",
        "Core/Vectors/Transpose.cs",
        "Environments/Arm/WideArmBatch.cs",
        "Environments/Arm/WideCholesky4.cs",
        "Environments/Arm/WideJoints.cs",
        "Environments/Arm/WideMatrix4.cs",
        "Environments/Arm/WideStep.cs",
        "Environments/Mujoco/Native/MujocoNative.cs",
        "Environments/Mujoco/Native/MujocoModel.cs",
        "Environments/Mujoco/Native/MujocoLibrary.cs",
        "Environments/Mujoco/Native/MujocoData.cs",
        "Replay/Format/FloatCopy.cs",
        "Replay/Format/RowPrefetch.cs",
        "Replay/Format/RowSlots.cs",
        "Replay/Inspection/RowAudit.cs",
        "Replay/Mapping/MappedFile.cs",
        "Replay/Mapping/NativeMethods.cs",
        "Replay/Mapping/SharedWord.cs",
        "Replay/Sampling/RowCopy.cs",
        "Replay/Sampling/RowGather.cs",
        "Replay/Sampling/RowValidation.cs",
        "Replay/Weights/WeightBuffers.cs",
        "Replay/Writing/StagedRows.cs",
        "Torch/Batch/TorchBatchRing.cs",
        "Torch/Interop/TorchShim.cs",
        "Torch/Kernels/TorchTargets.cs",
        "Torch/Learner/TorchReport.cs",
        "Torch/Loading/NativeLoader.cs",
        "Torch/Loading/TorchLibrary.cs",
        "Training/Profiling/FmaPeak.cs",
        "Training/Profiling/MemoryLimits.cs",
    ];

    [Test]
    public void Unsafe_code_lives_in_these_files_and_no_others()
    {
        string[] found = Repository.SourceFiles("src")
            .Where(path => UsesUnsafe(File.ReadAllText(Path.Combine(Repository.Root, path))))
            .Select(path => path["src/Reacher.Fast.".Length..])
            .ToArray();
        Assert.That(found, Is.EquivalentTo(Allowed), "a file with unsafe code is missing from the list, or one in the list needs none any more");
    }

    [TestCase("unsafe class A { }", true)]
    [TestCase("static unsafe void F() { }", true)]
    [TestCase("// unsafe is only a word here", false)]
    [TestCase("/* unsafe */ class A { }", false)]
    [TestCase("string s = \"unsafe\";", false)]
    [TestCase("class Unsafe { }", false)]
    public void The_search_sees_code_and_not_comments_or_strings(string source, bool expected) =>
        Assert.That(UsesUnsafe(source), Is.EqualTo(expected));

    [Test]
    public void The_search_reads_the_whole_source() => Assert.That(Repository.SourceFiles("src").Count(), Is.GreaterThan(20));

    private static bool UsesUnsafe(string source) => UnsafeKeyword().IsMatch(CommentsAndStrings().Replace(source, " "));

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|"{3}.*?"{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])'""", RegexOptions.Singleline)]
    private static partial Regex CommentsAndStrings();

    [GeneratedRegex(@"\bunsafe\b")]
    private static partial Regex UnsafeKeyword();
}
