using Reacher.Fast.Core.Interop;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Kernels.Cuda;

namespace Reacher.Fast.Core.Tests.Interop;

/// <summary>What the interop layer does when the driver is absent or fails, on a stand-in that fails on demand.</summary>
public sealed class CudaFailureTests
{
    [Test]
    public void A_missing_library_is_an_answer_and_not_an_error()
    {
        Assert.That(CudaLibrary.CanLoad(["libno-such-cuda-driver.so.1"]), Is.False);
    }

    [Test]
    public void A_machine_with_a_driver_is_described()
    {
        FakeDriver.Require(devices: 2);
        CudaReport report = CudaProbe.Describe();
        Assert.Multiple(() =>
        {
            Assert.That(report.IsAvailable, Is.True);
            Assert.That(report.DriverVersion, Is.EqualTo("12.8"));
            Assert.That(report.Devices, Has.Count.EqualTo(2));
            Assert.That(report.ToString(), Does.Contain("cuda:1 Emulated GPU, compute capability 9.0, 132 multiprocessors"));
        });
    }

    [TestCase(CudaStatus.NoDevice, "sees no GPU")]
    [TestCase(CudaStatus.StubLibrary, "stub")]
    [TestCase(CudaStatus.SystemDriverMismatch, "differ in version")]
    [TestCase(CudaStatus.Unknown, "check nvidia-smi")]
    public void A_driver_that_does_not_start_says_why(CudaStatus status, string sentence)
    {
        FakeDriver.Require();
        FakeDriver.Fail("cuInit", status);
        Assert.That(CudaProbe.Describe().Reason, Does.Contain(sentence));
        FakeDriver.Fail("cuInit", status);
        Assert.That(() => new CudaKernelDevice(), Throws.TypeOf<CudaUnavailableException>().With.Message.Contains(sentence)
            .And.Message.Contains("set the option 'device' to cpu"));
    }

    [Test]
    public void A_driver_without_devices_says_so()
    {
        FakeDriver.Require(devices: 0);
        Assert.That(CudaProbe.Describe().Reason, Does.Contain("sees no GPU"));
    }

    [Test]
    public void A_device_that_is_not_there_is_refused_by_number()
    {
        FakeDriver.Require(devices: 2);
        Assert.That(
            () => new CudaKernelDevice(new CudaDeviceOptions(Ordinal: 2)),
            Throws.TypeOf<CudaUnavailableException>().With.Message.Contains("cuda:2 is not there").And.Message.Contains("cuda:0 to cuda:1"));
    }

    [TestCase("cuda", "fp32", 0, CudaPrecision.Float32)]
    [TestCase("CUDA:3", "TF32", 3, CudaPrecision.TensorFloat32)]
    [TestCase("cuda:12", "bf16", 12, CudaPrecision.BFloat16)]
    public void Devices_are_named_as_on_the_command_line(string device, string precision, int ordinal, CudaPrecision expected) =>
        Assert.That(CudaDevices.Parse(device, precision), Is.EqualTo(new CudaDeviceOptions(ordinal, expected)));

    [TestCase("cuda:", "fp32")]
    [TestCase("cuda:-1", "fp32")]
    [TestCase("cuda:x", "fp32")]
    [TestCase("gpu", "fp32")]
    [TestCase("cuda", "fp16")]
    public void Other_names_are_refused(string device, string precision) =>
        Assert.That(() => CudaDevices.Parse(device, precision), Throws.TypeOf<InputException>());

    [Test]
    public void Everything_is_freed()
    {
        FakeDriver.Require();
        long before = FakeDriver.Live;
        Work(new CudaKernelDevice());
        Assert.That(FakeDriver.Live, Is.EqualTo(before));
    }

    [Test]
    public void Several_devices_work_side_by_side()
    {
        FakeDriver.Require(devices: 2);
        long before = FakeDriver.Live;
        using (var first = new CudaKernelDevice())
        using (var second = new CudaKernelDevice(new CudaDeviceOptions(Ordinal: 1)))
        {
            Assert.That(second.Name, Does.StartWith("cuda:1"));
            foreach (CudaKernelDevice device in (CudaKernelDevice[])[first, second, first])
            {
                Tensor tensor = device.Allocate("t", new TensorShape("t", 1, 1, 1))[0];
                device.Upload([3], tensor);
                float[] value = new float[1];
                device.Download(tensor, value);
                Assert.That(value[0], Is.EqualTo(3));
            }
        }

        Assert.That(FakeDriver.Live, Is.EqualTo(before));
    }

    /// <summary>
    /// Every call whose status is checked (all but those that free), failing the first time, later on, and for good: a typed exception
    /// that names it, and nothing leaked.
    /// </summary>
    [Test]
    public void Every_failing_call_is_a_typed_exception_and_leaks_nothing(
        [Values(
            "cuDriverGetVersion", "cuDeviceGetCount", "cuDeviceGet", "cuDeviceGetName", "cuDeviceTotalMem_v2", "cuDeviceGetAttribute",
            "cuDevicePrimaryCtxRetain", "cuCtxSetCurrent", "cuModuleLoadDataEx", "cuModuleGetFunction", "cuFuncSetAttribute",
            "cuMemAlloc_v2", "cuMemHostAlloc", "cuMemcpyHtoDAsync_v2", "cuMemcpyDtoHAsync_v2",
            "cuMemcpyDtoDAsync_v2", "cuMemsetD8Async",
            "cuStreamCreate", "cuStreamSynchronize", "cuStreamWaitEvent", "cuEventCreate", "cuEventRecord", "cuEventSynchronize", "cuEventQuery",
            "cuLaunchKernel", "cuGraphCreate", "cuGraphAddKernelNode_v2", "cuGraphInstantiateWithFlags", "cuGraphLaunch")] string function,
        [Values("at once", "for good", "for good, later")] string how)
    {
        FakeDriver.Require();
        (int skip, CudaStatus status) = (how == "for good, later" ? 1 : 0, how == "at once" ? CudaStatus.OutOfMemory : CudaStatus.LaunchFailed);
        long before = FakeDriver.Live;
        FakeDriver.Fail(function, status, skip, sticky: CudaException.IsDeviceLost(status));
        CudaException? error = null;
        CudaKernelDevice? device = null;
        try
        {
            device = new CudaKernelDevice();
            Work(device);
        }
        catch (CudaException caught)
        {
            error = caught;
        }
        catch (CudaUnavailableException caught)
        {
            Assert.That(caught.Message, Does.Contain(function)); // while looking for devices
            Assert.Pass();
        }
        finally
        {
            device?.Dispose();
        }

        if (FakeDriver.Calls(function) <= skip)
        {
            Assert.Pass($"{function} is called only {FakeDriver.Calls(function)} time(s) here.");
        }

        Assert.Multiple(() =>
        {
            Assert.That(error, Is.Not.Null);
            Assert.That(error?.Function, Is.EqualTo(function));
            Assert.That(error?.Status, Is.EqualTo(status));
            Assert.That(error?.DeviceLost, Is.EqualTo(status == CudaStatus.LaunchFailed));
            Assert.That(error?.Message, Does.Contain(status == CudaStatus.LaunchFailed ? "the option 'resume'" : "memory is full"));
            Assert.That(FakeDriver.Live, Is.EqualTo(before), "objects left behind");
        });
    }

    [Test]
    public void More_memory_than_there_is_is_one_sentence_and_the_device_goes_on()
    {
        FakeDriver.Require(memory: 64 << 20);
        using var device = new CudaKernelDevice();
        Assert.That(
            () => device.Allocate("too much", new TensorShape("t", 1, 64 << 10, 1 << 10)),
            Throws.TypeOf<CudaException>().With.Message.Contains("memory is full").And.Property(nameof(CudaException.DeviceLost)).False);
        Assert.That(() => device.Allocate("little", new TensorShape("t", 1, 4, 4)), Throws.Nothing);
    }

    [Test]
    public void Memory_is_neither_allocated_nor_copied_inside_a_program()
    {
        FakeDriver.Require();
        using var device = new CudaKernelDevice();
        Tensor tensor = device.Allocate("t", new TensorShape("t", 1, 1, 1))[0];
        Action[] uses = [() => device.Upload([1], tensor), () => device.Download(tensor, new float[1]), () => device.Allocate("t")];
        foreach (Action inside in uses)
        {
            Assert.That(() => device.Run(new DeviceProgram("bad", inside)), Throws.InvalidOperationException);
        }
    }

    /// <summary>Touches every call there is, then frees it all.</summary>
    private static void Work(CudaKernelDevice device)
    {
        using (device)
        {
            TensorBlock block = device.Allocate(
                "t", new("x", 1, 8, 8), new("w", 1, 8, 8), new("b", 1, 1, 8), new("y", 1, 8, 8));
            device.ForcedTile = 128; // asks for more shared memory than is given unasked
            device.Linear(block[0], block[1], block[2], block[3], Activation.ReLU);
            device.AdvanceNoise();
            using (CudaReadback readback = device.CreateReadback(block[3]))
            {
                readback.Queue();
                readback.Take(new float[64]);
                readback.Queue();
                while (!readback.TryTake(new float[64]))
                {
                }
            }

            for (int program = 0; program < 2; program++)
            {
                var made = new DeviceProgram("update", () =>
                {
                    device.AdvanceNoise();
                    device.Copy(block, block);
                });
                device.Run(made);
                device.Run(made);
            }

            for (int i = 0; i < 20; i++)
            {
                device.Upload(new float[8], block[2]); // more than the staging ring holds
            }

            device.Download(block[2], new float[8]);
            device.Synchronize();
        }
    }
}
