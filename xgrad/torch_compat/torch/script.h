#error "xgrad has no TorchScript: save a state_dict in Python with torch.save, and load it with torch::load"
