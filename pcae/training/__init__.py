"""What needs time: the training loop and the processes that train and measure."""
